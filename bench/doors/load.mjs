// Load for an HTTP server, as wrk makes it: so many connections, each with one request under way at a time.
// The order comes as JSON on stdin: {port, paths, headers, connections, seconds}; what came of it goes to stdout.

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const order = JSON.parse(await text(process.stdin));
const HEAD_END = Buffer.from('\r\n\r\n');
const latencies = [];
let bad = 0;
let ending = false;

const any = (list) => list[Math.floor(Math.random() * list.length)];

function request() {
  const more = order.headers.length ? `${any(order.headers)}\r\n` : '';
  return `GET ${any(order.paths)} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\n${more}\r\n`;
}

function run() {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1');
    let sentAt = 0;
    let received = [];
    let length = 0;
    let whole = -1;
    const send = () => {
      received = [];
      length = 0;
      whole = -1;
      sentAt = performance.now();
      socket.write(request());
    };
    socket.setNoDelay(true);
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.on('data', (piece) => {
      received.push(piece);
      length += piece.length;
      if (whole < 0) {
        const start = received.length === 1 ? piece : Buffer.concat(received);
        const end = start.indexOf(HEAD_END);
        if (end < 0) return;
        const head = start.toString('latin1', 0, end);
        const said = /\r\ncontent-length: (\d+)/i.exec(head);
        if (!said) throw new Error(`no length in: ${head}`);
        whole = end + 4 + Number(said[1]);
        if (!head.startsWith('HTTP/1.1 2')) bad += 1;
      }
      if (length < whole) return;
      latencies.push(performance.now() - sentAt);
      if (ending) socket.end();
      else send();
    });
  });
}

const began = performance.now();
setTimeout(() => {
  ending = true;
}, order.seconds * 1000);
await Promise.all(Array.from({ length: order.connections }, run));
const seconds = (performance.now() - began) / 1000;
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
process.stdout.write(
  JSON.stringify({ requests: latencies.length, seconds, bad, p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) }),
);
