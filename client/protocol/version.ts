/** Of what pages, workers and tabs say to each other: to be raised when a message changes, or what it means. */
export const protocolVersion = 1;
