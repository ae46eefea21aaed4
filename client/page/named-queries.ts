/**
 * The queries of an application, by name: the row that each gives, and the values between its braces. It is empty until
 * types are generated, which add to it; then `db.sql` and `sql` have those names and no others, each with its types.
 *
 * ```ts
 * declare module 'wheatear' {
 *   interface Queries {
 *     warmNodes: { row: { node_addr: number | null }; values: [number] };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: others add to it
export interface Queries {}
