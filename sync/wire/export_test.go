package wire

// DictionaryRecords is where a dictionary is no longer used.
const DictionaryRecords = dictionaryRecords

// Press compresses rows with a dictionary, whatever their number.
func Press(raw []byte, id uint32) []byte {
	if d, ok := findDictionary(id); ok {
		return d.compressor.EncodeAll(raw, nil)
	}
	return compressor.EncodeAll(raw, nil)
}
