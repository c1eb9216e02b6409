package quality

import (
	"strings"
	"testing"

	"amend/customer"
)

func TestInvisibleDebrisIsLeftOutAndVisibleTextStays(t *testing.T) {
	table(t, of(customer.Text), [][2]string{
		{"\ufeff 上海　 浦东\u00a0\r\n", "上海 浦东"},
		{"so\u00adft", "soft"},
		{"a\u200bb\u2060c", "abc"},
		{"\u3164", ""},
		{"👨‍👩‍👧 ok", "👨‍👩‍👧 ok"},
		{"می\u200cخواهم", "می\u200cخواهم"},
		{"a\u200db", "ab"},
		{"张\u200c三", "张三"},
		{"e\u0301", "é"},
		{"e\u200b\u0301", "é"},
		{"\uf900", "\u8c48"}, // canonically equal: NFC itself
		{"ﬁ ² Ａ", "ﬁ ² Ａ"},   // NFKC would change all three
	}...)
}

func TestCharactersThatControlOrDeceiveAreRefused(t *testing.T) {
	table(t, of(customer.Text), [][2]string{
		{"a\x00b", "!text_control"},
		{"a\x1bb", "!text_control"},
		{"a\x7fb", "!text_control"},
		{"a\tb", "!text_control"},
		{"a\nb", "!text_control"},
		{"a\u0085b", "!text_control"},
		{"a\u2028b", "!text_control"},
		{"a\U000E0041b", "!text_control"}, // a tag character
		{"a\u200eb", "!text_direction"},
		{"a\u202eb", "!text_direction"},
		{"a\u2066b", "!text_direction"},
		{"a\ue000b", "!text_private"},
		{"a\ufffeb", "!text_private"},
		{"a\U0001FFFFb", "!text_private"},
		{"a\ufffdb", "!text_damaged"},
		{"a\xffb", "!text_damaged"},
		{"e\u0316\u0317\u0318\u0319\u031c", "!text_marks"},
		{"e\u0316\u0317\u0318\u0319", "e\u0316\u0317\u0318\u0319"},
	}...)
}

func TestTextIsBoundedInRunesNotBytes(t *testing.T) {
	table(t, of(customer.Text),
		[2]string{strings.Repeat("张", maxText), strings.Repeat("张", maxText)},
		[2]string{strings.Repeat("张", maxText+1), "!text_length"},
		[2]string{strings.Repeat("a", maxRaw+1), "!text_length"},
	)
}

func TestFaultOfLengthCountsAndDoesNotQuote(t *testing.T) {
	_, err := today.NormaliseText(of(customer.Text), strings.Repeat("x", 501))
	if err.Params["got"] != "501" || err.Params["max"] != "500" || len(err.Params) != 2 {
		t.Fatalf("got %v", err.Params)
	}
}

func TestNamesKeepTheirSpellingExceptBetweenChineseCharacters(t *testing.T) {
	table(t, of(customer.Name), [][2]string{
		{"张　三", "张三"},
		{"欧阳  娜 娜", "欧阳娜娜"},
		{"Zhang   San", "Zhang San"},
		{"Zhang 三", "Zhang 三"},
		{"张三 Smith", "张三 Smith"},
		{"阿卜杜拉 • 买买提", "阿卜杜拉·买买提"},
		{"阿卜杜拉.买买提", "阿卜杜拉·买买提"},
		{"阿卜杜拉・买买提·艾力", "阿卜杜拉·买买提·艾力"},
		{"J. R. R. Tolkien", "J. R. R. Tolkien"},
		{"葛\U000E0100 城", "葛\U000E0100城"}, // a variation mark belongs to its character
		{"二〇一", "二〇一"},
		{"〇", "〇"},
		{"上海（集团）有限公司", "上海（集团）有限公司"},
		{"AT&T", "AT&T"},
		{"3M", "3M"},
		{"C++ 研究会", "C++ 研究会"},
	}...)
}

func TestNamesNeedALetterAndNoSigns(t *testing.T) {
	table(t, of(customer.Name), [][2]string{
		{"123", "!name_letter"},
		{"...", "!name_letter"},
		{"张三😍", "!name_symbol"},
		{"<script>", "!name_symbol"},
		{"A=B", "!name_symbol"},
		{"①号店", "!name_symbol"},
		{strings.Repeat("名", maxName), strings.Repeat("名", maxName)},
		{strings.Repeat("名", maxName+1), "!name_length"},
	}...)
}
