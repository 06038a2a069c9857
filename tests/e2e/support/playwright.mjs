// The web app's packages; there is no other node_modules in the repository.
export { devices, expect, test } from '../../../web/node_modules/@playwright/test/index.mjs';
