package voice

import "strings"

var englishSmall = strings.Fields(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
	fifteen sixteen seventeen eighteen nineteen`)

var englishTens = strings.Fields(`- - twenty thirty forty fifty sixty seventy eighty ninety`)

var englishWords = map[string]string{
	wordToken: "token", wordRoom: "room", wordDesk: "desk", wordCome: "please come to", wordHundred: "hundred",
}

// english spells a clip. A letter followed by a full stop is read as a letter: "A" alone would be an article.
func english(c Clip) Word {
	if n, ok := numberOf(c); ok {
		return Word{Clip: c, Text: englishNumber(n)}
	}
	if l, ok := letterOf(c); ok {
		return Word{c, string(l), string(l) + "."}
	}
	return Word{Clip: c, Text: englishWords[c.Name()]}
}

func englishNumber(n int) string {
	switch {
	case n < len(englishSmall):
		return englishSmall[n]
	case n%10 == 0:
		return englishTens[n/10]
	}
	return englishTens[n/10] + "-" + englishSmall[n%10]
}
