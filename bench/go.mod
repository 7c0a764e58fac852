// Comparisons, in a module of their own so that what they compare with never reaches the product.
module markaz.example/bench

go 1.26.0

require (
	go.etcd.io/bbolt v1.5.0
	golang.org/x/sys v0.49.0
	markaz.example v0.0.0
)

require (
	github.com/fxamacker/cbor/v2 v2.9.6 // indirect
	github.com/x448/float16 v0.8.4 // indirect
)

replace markaz.example => ../
