// Package judge lets software by other hands look at our ESC/POS, for driver and simulator share our mistakes: npos
// decodes what the driver sends, and receiptline and receipt-printer-encoder make receipts that the simulator must
// follow in step. There is nothing here but tests.
//
// The judges are packages for Node.js, pinned in package-lock.json and installed by `make setup-judges` into
// node_modules, which is not kept. decode.js and compose.js put them on standard input and output. Read judge_test.go
// next.
package judge
