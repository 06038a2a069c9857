// Writes src/api/schema.d.ts from docs/openapi.yaml; with --check it writes nothing and fails when
// the file is not what it would write.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'

const contract = new URL('../../docs/openapi.yaml', import.meta.url)
const target = new URL('../src/api/schema.d.ts', import.meta.url)

const generated =
  '// Generated from docs/openapi.yaml by `npm run generate`; do not edit.\n\n' +
  astToString(await openapiTypescript(contract, { alphabetize: true }))

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '')
  if (present !== generated) {
    console.error(
      'web/src/api/schema.d.ts does not match docs/openapi.yaml.\n' +
        'Run `npm run generate` in web/ and commit the result.',
    )
    process.exitCode = 1
  }
} else {
  await writeFile(target, generated)
}
