package notify

import "strings"

// Encoding is how a short message travels (3GPP TS 23.038).
type Encoding string

// The two encodings that operators bill by.
const (
	GSM7 Encoding = "gsm7" // 160 septets alone, 153 in each of several parts
	UCS2 Encoding = "ucs2" // 70 units alone, 67 in each of several parts
)

// The GSM 7-bit default alphabet, and the characters reached by an escape, which cost two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmEscaped = "\f^{}\\[~]|€"
)

// Segments answers how text travels as a short message and how many parts are billed.
// A character of two units (an escape, a surrogate pair) is never split between parts,
// so that a part may end one unit early. The empty text is no part.
func Segments(text string) (Encoding, int) {
	cost, enc, alone, each := gsmCost, GSM7, 160, 153
	for _, r := range text {
		if gsmCost(r) == 0 {
			cost, enc, alone, each = ucsCost, UCS2, 70, 67
			break
		}
	}
	total, parts, room := 0, 0, 0
	for _, r := range text {
		n := cost(r)
		total += n
		if room < n {
			parts, room = parts+1, each
		}
		room -= n
	}
	if total <= alone && parts > 1 {
		parts = 1
	}
	return enc, parts
}

// gsmCost is the septets of r, 0 if the alphabet has no such letter.
func gsmCost(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmEscaped, r):
		return 2
	}
	return 0
}

// ucsCost is the UTF-16 units of r.
func ucsCost(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
