/** A database file, or its address. */
export type Initial = string | URL | Blob;

/** Either of them, or what gives it. */
export type FileSource = Initial | (() => Initial | Promise<Initial>);
