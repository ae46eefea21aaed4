/** Names an open transaction, of all that ever were; requests that carry it belong to it, all others wait until it ends. */
export type TransactionId = string;

/** Names a tab that has a database open; random. */
export type ClientId = string;

/** Names the time in which one tab is the owner; random. */
export type Epoch = string;
