import { defineConfig } from 'vite';
import { wheatear } from 'wheatear/vite';

export default defineConfig({
  // Tries the migrations out whenever one changes, and writes the types of their rows and of the named queries.
  plugins: [wheatear({ folder: 'migrations', types: 'src/schema.ts', queries: ['src/*.ts'] })],
});
