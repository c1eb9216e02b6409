package keys

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

const (
	maxReadings = 2 // tried of one character
	maxSpelled  = 4 // full spellings kept of one name
	maxShort    = 2 // initials kept of one name
	maxHeard    = 6 // characters: a longer name, a company's, gets its first reading only
)

// spellings answers how a Chinese name is typed in the Latin alphabet: full
// pinyin, then initials. A name with a character of several readings gets a few variants,
// one reading changed at a time, which finds 曾 as zeng, 单 as shan and 乐 as le or yue. A
// name that holds a character without a known reading has none.
func spellings(name string) []string {
	readings := heard([]rune(name))
	var full, short []string
	for _, syllables := range variants(readings) {
		full = append(full, loose(strings.Join(syllables, "")))
		initials := make([]byte, len(syllables))
		for i, s := range syllables {
			initials[i] = s[0]
		}
		short = append(short, string(initials))
	}
	return append(first(full, maxSpelled), first(short, maxShort)...)
}

// variants answers the first readings, then each with one syllable read otherwise.
func variants(readings [][]string) [][]string {
	if len(readings) == 0 {
		return nil
	}
	main := make([]string, len(readings))
	for i := range readings {
		main[i] = readings[i][0]
	}
	out := [][]string{main}
	if len(readings) > maxHeard {
		return out
	}
	for i := range readings {
		for _, other := range readings[i][1:] {
			v := slices.Clone(main)
			v[i] = other
			out = append(out, v)
		}
	}
	return out
}

// heard answers the readings worth trying of each character, the likeliest first. A surname
// has one, unless surnames says otherwise: 王 is wang, whatever else a dictionary knows.
func heard(name []rune) [][]string {
	out := make([][]string, len(name))
	for i, r := range name {
		all := readingsOf(r)
		if len(all) == 0 {
			return nil
		}
		if out[i] = first(all, maxReadings); i == 0 && len(name) > 1 {
			out[i] = all[:1]
		}
	}
	for i, s := range look(surnames, name) {
		out[i] = first(append([]string{s}, out[i]...), maxReadings)
	}
	for i := range name {
		for j, s := range look(terms, name[i:]) {
			out[i+j] = []string{s}
		}
	}
	return out
}

// surnames lists surnames that are read otherwise than the character mostly is.
const surnames = " 万俟:mo,qi 尉迟:yu,chi 澹台:tan,tai 区:ou 曾:zeng 单:shan 仇:qiu 解:xie 查:zha 朴:piao 翟:zhai 缪:miao" +
	" 乐:yue 盖:ge 覃:qin 洗:xian 员:yun 种:chong 折:she 黑:he 召:shao 繁:po 祭:zhai 隗:wei 牟:mu 郗:chi 佴:nai 卜:bu 长孙:zhang,sun "

// terms lists what stands in names of people and companies and is read otherwise than its
// characters mostly are.
const terms = " 卜:bu 银行:yin,hang 商行:shang,hang 重庆:chong,qing 长沙:chang,sha 长春:chang,chun 长江:chang,jiang 长城:chang,cheng" +
	" 长安:chang,an 长兴:chang,xing 长乐:chang,le 长治:chang,zhi 长虹:chang,hong 成都:cheng,du 首都:shou,du 都市:du,shi 厦门:xia,men" +
	" 大厦:da,sha 音乐:yin,yue 会计:kuai,ji 调查:diao,cha 台州:tai,zhou 六安:lu,an 蚌埠:beng,bu 朝阳:chao,yang 阿里:a,li "

// look answers how a list reads the first two characters of name, or the first alone.
func look(list string, name []rune) []string {
	for n := min(2, len(name)); n > 0; n-- {
		if _, rest, ok := strings.Cut(list, " "+string(name[:n])+":"); ok {
			said, _, _ := strings.Cut(rest, " ")
			return strings.Split(said, ",")
		}
	}
	return nil
}

// readingsOf lists the toneless readings of a character, most common first.
func readingsOf(r rune) []string {
	var out []string
	for tone := range strings.SplitSeq(pinyin.PinyinDict[int(r)], ",") {
		if s := strings.Map(toneless, tone); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// toneless drops the tone of a letter, and a tone that stands alone.
func toneless(r rune) rune {
	switch r {
	case 'ā', 'á', 'ǎ', 'à':
		return 'a'
	case 'ē', 'é', 'ě', 'è', 'ê', 'ế', 'ề':
		return 'e'
	case 'ī', 'í', 'ǐ', 'ì':
		return 'i'
	case 'ō', 'ó', 'ǒ', 'ò':
		return 'o'
	case 'ū', 'ú', 'ǔ', 'ù', 'ü', 'ǖ', 'ǘ', 'ǚ', 'ǜ':
		return 'u'
	case 'ń', 'ň', 'ǹ':
		return 'n'
	case 'ḿ':
		return 'm'
	}
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// loose lets the ways to type ü fall together: lü, lv, lu and a passport's lyu.
func loose(s string) string {
	s = strings.ReplaceAll(s, "v", "u")
	return strings.ReplaceAll(strings.ReplaceAll(s, "lyu", "lu"), "nyu", "nu")
}

// first answers the first n different ones.
func first(of []string, n int) []string {
	var out []string
	for _, s := range of {
		if len(out) < n && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
