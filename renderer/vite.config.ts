// Builds the page: two entries (a browser's and Electron's), hashed assets, nothing inline, relative addresses so that it works under app:// and http://.
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: join(import.meta.dirname, '../dist/renderer'),
    emptyOutDir: true,
    target: 'es2024',
    // The strict content security policy allows no data: fonts and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        electron: join(import.meta.dirname, 'electron.html'),
      },
    },
  },
  worker: { format: 'es' },
})
