package office

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// The buckets inside "office" about who may speak. FORMAT.md says what is in them.
var (
	codesName        = []byte("codes")
	centresName      = []byte("centres")
	certificatesName = []byte("certificates")
	revokedName      = []byte("revoked")
)

// get reads a row; false when there is none. B may be nil.
func get[V any](b *bolt.Bucket, name, key []byte) (v V, ok bool, err error) {
	if b == nil || b.Bucket(name) == nil {
		return v, false, nil
	}
	raw := b.Bucket(name).Get(key)
	if raw == nil {
		return v, false, nil
	}
	if err := decoding.Unmarshal(raw, &v); err != nil {
		return v, false, fmt.Errorf("office: row %x of %s: %w", key, name, err)
	}
	return v, true, nil
}

func put(b *bolt.Bucket, name, key []byte, v any) error {
	rows, err := b.CreateBucketIfNotExists(name)
	if err != nil {
		return err
	}
	raw, err := encoding.Marshal(v)
	if err != nil {
		return err
	}
	return rows.Put(key, raw)
}

func drop(b *bolt.Bucket, name, key []byte) error {
	if b.Bucket(name) == nil {
		return nil
	}
	return b.Bucket(name).Delete(key)
}

func each[V any](b *bolt.Bucket, name []byte, yield func(key []byte, v V) error) error {
	if b == nil || b.Bucket(name) == nil {
		return nil
	}
	return b.Bucket(name).ForEach(func(k, raw []byte) error {
		var v V
		if err := decoding.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("office: row %x of %s: %w", k, name, err)
		}
		return yield(k, v)
	})
}
