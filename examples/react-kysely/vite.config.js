import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { wheatear } from 'wheatear/vite';

export default defineConfig({
  // Tries the migrations out whenever one changes, and writes the types of their tables as Kysely takes them.
  plugins: [react(), wheatear({ folder: 'migrations', types: 'src/schema.ts', kysely: true })],
});
