package main

import "amend/intake"

// recognised says what the file was recognised as, before anything is done with it: whoever
// sees the wrong encoding or sheet can name the right one.
func (a *app) recognised(f intake.Form) {
	if f.Sheet != "" {
		a.advise("读取工作表“%s”", "Read from the sheet “%s”", f.Sheet)
		return
	}
	between := map[rune]string{',': a.pick("逗号", "commas"), ';': a.pick("分号", "semicolons"), '\t': a.pick("制表符", "tabs")}[f.Delimiter]
	a.advise("按 %s 读取，列之间是%s", "Read as %s, cells separated by %s", f.Encoding, between)
}
