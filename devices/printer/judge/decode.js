// Reads ESC/POS, writes what npos made of it: the commands in their order, and the raster pictures, one below the
// other, as a PNG. Fails on a command that npos does not know.
'use strict';
const fs = require('fs');
const npos = require('npos');
const { PNG } = require('pngjs');

const bytes = fs.readFileSync(0);
npos.parser().parse(bytes).then((ast) => {
	const raster = ast.entries.find((e) => e.type === 'raster');
	const answer = { commands: ast.tree.map((n) => n.ascii + (n.fn || '')) };
	if (raster) {
		answer.png = png(raster.data).toString('base64');
	}
	process.stdout.write(JSON.stringify(answer));
}, (err) => {
	console.error(err);
	process.exit(1);
});

function png(bitmap) {
	const out = new PNG({ width: bitmap.width, height: bitmap.height });
	for (let y = 0; y < bitmap.height; y++) {
		for (let x = 0; x < bitmap.width; x++) {
			out.data.fill(bitmap.getPixel(x, y), 4 * (y * bitmap.width + x), 4 * (y * bitmap.width + x) + 3);
			out.data[4 * (y * bitmap.width + x) + 3] = 0xff;
		}
	}
	return PNG.sync.write(out);
}
