/** Files in one zip, as they are: the same bytes every time, so that what was sent before is recognised. */

const FOUR_GB = 2 ** 32 - 1; // more needs a newer kind of zip
const IN_1980 = 0x0021; // of days, the first that a zip can tell
const UTF8 = 0x0800;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** [{name, file}] as a File called `name`; null where they are too large, or one cannot be read. */
export async function zipOf(entries, name) {
  const parts = [];
  const listed = [];
  let at = 0;
  for (const entry of entries) {
    const sum = await checksum(entry.file).catch(() => null);
    if (sum === null || at + entry.file.size > FOUR_GB) return null;
    const path = new TextEncoder().encode(entry.name);
    const shared = [20, UTF8, 0, 0, IN_1980];
    const sizes = [sum, entry.file.size, entry.file.size];
    const local = written([0x04034b50], shared, sizes, [path.length, 0]);
    listed.push(written([0x02014b50], [20, ...shared], sizes, [path.length, 0, 0, 0, 0], [0, at]), path);
    parts.push(local, path, entry.file);
    at += local.length + path.length + entry.file.size;
  }
  const size = listed.reduce((all, { length }) => all + length, 0);
  if (at + size > FOUR_GB) return null;
  const end = written([0x06054b50], [0, 0, entries.length, entries.length], [size, at], [0]);
  return new File([...parts, ...listed, end], name, { type: "application/zip" });
}

/** Little-endian numbers; the rows are in turn of four and of two bytes each. */
function written(...rows) {
  const lengths = rows.map((row, turn) => row.length * (turn % 2 === 0 ? 4 : 2));
  const view = new DataView(new ArrayBuffer(lengths.reduce((all, one) => all + one, 0)));
  let at = 0;
  for (const [turn, row] of rows.entries()) {
    for (const value of row) {
      if (turn % 2 === 0) view.setUint32(at, value, true);
      else view.setUint16(at, value, true);
      at += turn % 2 === 0 ? 4 : 2;
    }
  }
  return new Uint8Array(view.buffer);
}

async function checksum(file) {
  let value = 0xffffffff;
  const reader = file.stream().getReader();
  while (true) {
    const { done, value: piece } = await reader.read();
    if (done) return (value ^ 0xffffffff) >>> 0;
    for (const byte of piece) value = table[(value ^ byte) & 0xff] ^ (value >>> 8);
  }
}
