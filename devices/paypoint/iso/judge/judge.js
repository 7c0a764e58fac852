// Reads lines of JSON and answers each with a line: {"pack": {fields}} gives {"hex": bytes}, {"unpack": hex} gives
// {"fields": {...}}, {"formats": true} gives the judge's own table of fields.
'use strict';

const Iso = require('iso_8583');
const formats = require('iso_8583/lib/formats');
const lines = require('readline').createInterface({ input: process.stdin });

function pack(fields) {
  const raw = new Iso(fields).getRawMessage();
  return Buffer.isBuffer(raw) ? { hex: raw.toString('hex') } : { error: JSON.stringify(raw) };
}

// The judge reads messages with the two bytes of length in front.
function unpack(hex) {
  const raw = Buffer.from(hex, 'hex');
  const length = Buffer.from([raw.length >> 8, raw.length & 255]);
  const fields = new Iso().getIsoJSON(Buffer.concat([length, raw]));
  return fields.error ? { error: JSON.stringify(fields) } : { fields };
}

lines.on('line', (line) => {
  const ask = JSON.parse(line);
  const answer = ask.pack ? pack(ask.pack) : ask.unpack ? unpack(ask.unpack) : { formats };
  process.stdout.write(JSON.stringify(answer) + '\n');
});
