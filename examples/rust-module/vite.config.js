import { defineConfig } from 'vite';

// What cargo writes is no reason to load the page anew.
export default defineConfig({ server: { watch: { ignored: ['**/target/**'] } } });
