const { defineConfig } = require('@playwright/test');

module.exports = defineConfig({
  testDir: '.',
  timeout: 1500,
  retries: 1,
  workers: 1,
  globalSetup: './backend.js',
  projects: [{ name: 'storefront' }],
});
