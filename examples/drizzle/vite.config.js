import { defineConfig } from 'vite';
import { wheatear } from 'wheatear/vite';

export default defineConfig({
  // The folder of drizzle-kit as it stands, tried out whenever it changes. drizzle-kit writes no ways back.
  plugins: [wheatear({ folder: 'drizzle', off: ['missing-down'] })],
});
