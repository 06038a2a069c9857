import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { apiDocs } from './scripts/api-docs.ts'

export default defineConfig({
  plugins: [vue(), apiDocs()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // The Content-Security-Policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 750,
  },
  server: {
    proxy: { '/api': { target: process.env.API_SERVER ?? 'http://localhost:8080', ws: true } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node', isolate: false },
})
