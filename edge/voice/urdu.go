package voice

import (
	"strconv"
	"strings"
)

// urduNumbers are words of their own up to ninety-nine; none follows from another.
var urduNumbers = strings.Fields(`
صفر ایک دو تین چار پانچ چھ سات آٹھ نو
دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس
بیس اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس
تیس اکتیس بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس
چالیس اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس
پچاس اکیاون باون ترپن چون پچپن چھپن ستاون اٹھاون انسٹھ
ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر
ستر اکہتر بہتر تہتر چوہتر پچہتر چھہتر ستتر اٹھہتر اناسی
اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی
نوے اکانوے بانوے ترانوے چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے`)

// urduLetters are the names of Latin letters as they are called out in Pakistan, from A.
var urduLetters = strings.Fields(`
اے بی سی ڈی ای ایف جی ایچ آئی جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو ایکس وائی زیڈ`)

var urduWords = map[string]string{
	wordToken: "ٹوکن نمبر", wordRoom: "کمرہ نمبر", wordDesk: "کاؤنٹر", wordCome: "پر تشریف لائیں", wordHundred: "سو",
}

// urdu spells a clip. A synthesizer reads the vowels of numbers better from figures: the words are written without most
// of them.
func urdu(c Clip) Word {
	if n, ok := numberOf(c); ok {
		return Word{c, urduNumbers[n], strconv.Itoa(n)}
	}
	if l, ok := letterOf(c); ok {
		return Word{Clip: c, Text: urduLetters[l-'A'], Synth: urduSynth[l]}
	}
	return Word{Clip: c, Text: urduWords[c.Name()]}
}

// urduSynth writes the vowels that a reader knows and a synthesizer does not.
var urduSynth = map[byte]string{'W': "ڈبلِیُو"}

// numberOf is the number of a clip such as "ur/n-42".
func numberOf(c Clip) (int, bool) {
	digits, ok := strings.CutPrefix(c.Name(), "n-")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}

// letterOf is the letter of a clip such as "ur/letter-k", in upper case.
func letterOf(c Clip) (byte, bool) {
	letter, ok := strings.CutPrefix(c.Name(), "letter-")
	if !ok || len(letter) != 1 {
		return 0, false
	}
	return letter[0] - 'a' + 'A', true
}
