import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { wheatear } from 'wheatear/vite';

export default defineConfig({
  // Tries the migrations out whenever one changes, and writes the types of their rows.
  plugins: [wheatear({ folder: 'migrations', types: 'src/lib/schema.ts' }), sveltekit()],
});
