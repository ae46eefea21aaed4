// Rendered when it is built, on a server that has no database: the page opens it once it runs in a browser.
export const prerender = true;
