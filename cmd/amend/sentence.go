package main

import (
	"strings"

	"amend/fault"
)

// ownSentence says the faults for which a terminal has a fuller remedy than the common
// table: a command to type.
func (a *app) ownSentence(f *fault.Error) (string, bool) {
	both, ok := ownFaults()[f.Code]
	if !ok {
		return "", false
	}
	sentence := a.pick(both[0], both[1])
	for name, value := range f.Params {
		sentence = strings.ReplaceAll(sentence, "{"+name+"}", value)
	}
	return sentence, true
}

// ownFaults is their sentences, Chinese and English.
func ownFaults() map[string][2]string {
	return map[string][2]string{
		"key_missing": {"找不到密钥文件 {path}。数据没有动过。恢复密钥：amend key restore 备份文件", "There's no key file at {path}. Nothing was changed. Bring the key back: amend key restore FILE"},
		"key_wrong":   {"密钥与数据不符：现有 {have}，需要 {want}。数据没有动过。移开这把密钥，再恢复原来的：amend key restore 备份文件", "This isn't the key of this data: we have {have} and need {want}. Nothing was changed. Move this key away, then bring the right one back: amend key restore FILE"},
	}
}
