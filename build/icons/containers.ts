/** The two containers that Windows and macOS want icons in. Both simply carry PNG images. */

export type IconImage = { pixels: number; png: Buffer };

/** An .ico file (ICONDIR, its entries, the images). Windows reads images up to 256 pixels. */
export function packIco(images: readonly IconImage[]): Buffer {
  const headerBytes = 6 + images.length * 16;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = headerBytes;
  images.forEach(({ pixels, png }, index) => {
    const at = 6 + index * 16;
    // One byte holds the size; 0 stands for 256.
    header.writeUInt8(pixels % 256, at);
    header.writeUInt8(pixels % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** The types of .icns that hold a PNG of that many pixels: the plain and the doubled resolution. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['icp6', 'ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** An .icns file: a length, then blocks of a type, a length and an image. */
export function packIcns(images: readonly IconImage[]): Buffer {
  const blocks = images.flatMap(({ pixels, png }) =>
    (icnsTypes[pixels] ?? []).map((type) => block(type, png)),
  );
  return block('icns', Buffer.concat(blocks));
}

function block(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 0, 'latin1');
  header.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([header, content]);
}
