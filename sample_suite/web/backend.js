// Starts the back end for a run and returns what stops it; the workers read its address from the environment.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');

module.exports = async () => {
  const backend = spawn('python', ['-m', 'shop'], { cwd: path.dirname(__dirname), stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(readline.createInterface({ input: backend.stdout }), 'line');
  process.env.SHOP_HTTP = JSON.parse(line).http;
  return async () => {
    backend.stdin.end();
    await once(backend, 'exit');
  };
};
