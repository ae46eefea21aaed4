import { sql } from 'wheatear';

declare module 'wheatear' {
  interface Queries {
    addNode: {
      row: never;
      values: [string, string | null, number | boolean];
    };
    allNodes: {
      row: { addr: number; name: string };
      values: [number];
    };
    heard: {
      row: { addr: number; heard_ms: number | bigint | null };
      values: [number | bigint | null, string];
    };
    namesAndWarmth: {
      row: { name: string; temp_c: number | null };
      values: [number];
    };
    statistics: {
      row: { node_addr: number | null; readings: number; first: unknown; warmest: number | null };
      values: [];
    };
  }
}

export const queries = {
  everyNode: () => sql<{ addr: number; name: string; place: string | null; photo: Uint8Array | null; heard_ms: number | bigint | null; is_on: number; added: number | string; loud: string | null }>`SELECT * FROM node`,
  placesLike: (values: { pattern: string; after: number }) => sql<{ addr: number; place: string | null }>`SELECT addr, place FROM node WHERE place LIKE ${values.pattern} AND addr > ${values.after}`,
  rename: (values: [string, string | null, number]) => sql<never>`UPDATE node SET name = ${values[0]}, place = ${values[1]} WHERE addr = ${values[2]}`,
};
