// A program that starts two nodes, prints their process ids, and ends or not as it is told (embedded-node.test.ts).
import { startNode } from '../../src/chain/embedded-node.ts';

const listen = process.argv.includes('listen');
let asked: () => void = () => undefined;
if (listen) process.on('SIGTERM', () => asked());
const nodes = [await startNode(), await startNode()];
console.log(nodes.map(({ pid }) => pid).join(' '));
if (process.argv.includes('exit')) process.exit(3);
if (process.argv.includes('throw'))
  setTimeout(() => {
    throw new Error('fault');
  });
asked = async () => {
  for (const { url } of nodes) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const headers = { 'content-type': 'application/json' };
    if (!(await fetch(url, { method: 'POST', headers, body })).ok) process.exit(9);
  }
  for (const node of nodes) await node.stop();
};
