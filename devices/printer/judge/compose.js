// Writes a receipt as ESC/POS, made by the package named in the first argument.
'use strict';
const makers = {
	// In the dialect named by the second argument.
	receiptline: (command) => {
		const receiptline = require('receiptline');
		const doc = [
			'Registration centre | Hall 2',
			'---',
			'"^^^B042"',
			'{code:https://centre.example/t/B042;option:qrcode,4,l}',
			'{code:B042;option:code128,2,72,hri}',
			'| _underlined_ | `inverse` | "bold" |',
			'=',
		].join('\n');
		return Buffer.from(receiptline.transform(doc, { cpl: 48, encoding: 'multilingual', command, cutting: true }), 'binary');
	},
	encoder: (model) => {
		const Encoder = require('@point-of-sale/receipt-printer-encoder');
		const encoder = new Encoder({ language: 'esc-pos', columns: 48, printerModel: model });
		const picture = { width: 64, height: 48, data: new Uint8ClampedArray(64 * 48 * 4).fill(0) };
		for (let i = 0; i < picture.data.length; i += 4) {
			picture.data[i + 3] = i % 12 === 0 ? 255 : 0;
		}
		return Buffer.from(encoder.initialize().codepage('cp437')
			.align('center').size(2, 2).line('B042').size(1, 1).align('left')
			.bold(true).text('Token').bold(false).newline()
			.qrcode('https://centre.example/t/B042').barcode('{BB042', 'code128', 60).barcode('4006381333931', 'ean13', 60)
			.image(picture, 64, 48, 'threshold')
			.rule().pulse().cut('partial').encode());
	},
};

process.stdout.write(makers[process.argv[2]](process.argv[3]));
