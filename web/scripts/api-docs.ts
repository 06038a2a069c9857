// A Vite plugin that lays Swagger UI and the OpenAPI file into dist/docs, served at /docs/.
import { copyFile, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const web = fileURLToPath(new URL('..', import.meta.url))
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

export function apiDocs(): Plugin {
  return {
    name: 'api-docs',
    apply: 'build',
    async closeBundle() {
      const target = join(web, 'dist', 'docs')
      await mkdir(target, { recursive: true })
      await Promise.all([
        copyFile(join(web, '..', 'docs', 'openapi.yaml'), join(target, 'openapi.yaml')),
        ...['index.html', 'start.js', 'page.css'].map((name) =>
          copyFile(join(web, 'docs-page', name), join(target, name)),
        ),
        ...['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map((name) =>
          copyFile(join(swaggerUi, name), join(target, name)),
        ),
      ])
    },
  }
}
