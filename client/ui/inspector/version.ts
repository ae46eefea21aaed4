/** Version of the package, which this is a part of. */
export const version = '0.1.0';
