package intake

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// recognise says which encoding a text is in, from a sample that begins with its first byte:
// by its mark, by where the zero bytes of UTF-16 stand, by the shape of UTF-8, and by whether
// it makes Chinese as people write it. "" is none of these. whole says that nothing follows
// the sample.
//
// It is cautious where a guess would bring wrong names in: a Western text in Windows-1252, a
// Korean or Japanese one in the encodings that were usual there, or one that mixes encodings
// half and half, is recognised as nothing. Of a few characters alone it can't always tell:
// so whoever brings a file in is told what it was recognised as.
func recognise(sample []byte, whole bool) Encoding {
	if bytes.HasPrefix(sample, []byte("\xff\xfe\x00\x00")) || bytes.HasPrefix(sample, []byte("\x00\x00\xfe\xff")) {
		return "" // UTF-32, which no spreadsheet writes
	}
	for _, e := range []Encoding{UTF8, GB18030, UTF16LE, UTF16BE} {
		if bytes.HasPrefix(sample, []byte(e.mark())) {
			return e
		}
	}
	if e := wideOrder(sample); e != "" {
		return e
	}
	if !whole {
		sample = wholeLines(sample)
	}
	switch {
	case mostlyUTF8(sample):
		return UTF8
	case chinese(sample):
		return GB18030
	}
	return ""
}

// wholeLines cuts what a sample's last line lacks, which may be half a character.
func wholeLines(sample []byte) []byte {
	if i := bytes.LastIndexAny(sample, "\r\n"); i >= 0 {
		return sample[:i+1]
	}
	return sample
}

// wideOrder recognises UTF-16 without a mark: the upper half of each ASCII character is a
// zero byte, of which a table has many, all on one side, and its line ends are such pairs. A
// few zero bytes alone are only a text with something wrong in some row.
func wideOrder(sample []byte) Encoding {
	var zeros [2]int // at even and at odd places
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	e, side := UTF16BE, 0
	if zeros[1] > zeros[0] {
		e, side = UTF16LE, 1
	}
	if zeros[side] == 0 || zeros[side]*16 < len(sample) || zeros[1-side]*2 > zeros[side] {
		return ""
	}
	text, err := e.codec().NewDecoder().Bytes(sample)
	if err != nil || !bytes.ContainsAny(text, "\r\n") || bytes.Count(text, []byte("\uFFFD"))*100 > len(sample) {
		return ""
	}
	return e
}

// mostlyUTF8 reports whether sample is UTF-8, maybe with a few rows that are not: its first
// line is, and what has the shape of UTF-8 outweighs what has not. A character of three bytes
// counts four times, because text in another encoding hardly ever looks like one.
func mostlyUTF8(sample []byte) bool {
	if line, _ := firstLine(sample); !utf8.Valid(line) {
		return false
	}
	shaped, broken := 0, 0
	for len(sample) > 0 {
		r, n := utf8.DecodeRune(sample)
		switch {
		case n > 2:
			shaped += 4
		case n == 2:
			shaped++
		case r == utf8.RuneError:
			broken++
		}
		sample = sample[n:]
	}
	return shaped >= 4*broken
}

// chinese reports whether sample is GB18030 without an error, and at least half of its
// characters are among those that Chinese is written with: the 3,755 of the first level of
// GB 2312 (bytes B0–D7), and its punctuation. Names have rarer ones, but headers and
// addresses do not; by chance, bytes of another encoding seldom fall there. Those of Korean
// do, but stop at C8, where Chinese has four characters of ten behind it.
func chinese(sample []byte) bool {
	text, err := GB18030.codec().NewDecoder().Bytes(sample)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return false
	}
	all, common, behind := 0, 0, 0
	for i := 0; i+1 < len(sample); i++ {
		lead, trail := sample[i], sample[i+1]
		if lead < 0x81 {
			continue
		}
		if i++; trail >= '0' && trail <= '9' {
			i += 2 // a character of four bytes
		}
		all++
		if trail >= 0xa1 && (lead >= 0xb0 && lead <= 0xd7 || strings.IndexByte("\xa1\xa3", lead) >= 0) {
			common++
		}
		if lead > 0xc8 {
			behind++
		}
	}
	return 2*common >= all && (behind > 0 || all < 20)
}
