package main

import (
	"fmt"
	"strings"

	"amend/audit"
)

type receiptCmd struct {
	Verify receiptVerifyCmd `cmd:"" help:"${receipt_verify}"`
	Key    receiptKeyCmd    `cmd:"" help:"${receipt_key}"`
}

type receiptVerifyCmd struct {
	File    string   `arg:"" help:"${receipt_path}"`
	Key     string   `required:"" placeholder:"PUB" help:"${receipt_pub}"`
	Witness []string `sep:"none" placeholder:"PUB" help:"${receipt_witness}"`
}

// maxReceiptFile bounds a receipt file, in bytes.
const maxReceiptFile = 8 << 20

// Run checks a receipt with nothing but the published keys.
func (c receiptVerifyCmd) Run(a *app) error {
	file, err := readFile(c.File, maxReceiptFile)
	if err != nil {
		return err
	}
	witnesses := make([]string, len(c.Witness))
	for i, w := range c.Witness {
		witnesses[i] = publicKey(w)
	}
	v, err := audit.Verify(file, publicKey(c.Key), witnesses...)
	for _, check := range v.Passed {
		a.say("✓ %s", "✓ %s", a.checkName(check))
	}
	if err != nil {
		a.say("✗ %s", "✗ %s", a.checkName(v.Failed))
		return a.unproven(err)
	}
	if len(v.Witnesses) < len(witnesses) {
		a.say("✗ %d 个见证只有 %d 个签过", "✗ %d witnesses were named, %d signed", len(witnesses), len(v.Witnesses))
		return exit(exitUnproven)
	}
	s := v.Receipt.Statement
	a.say("回执属实：%s，%s 生效，%d 项变更，日志第 %d 条之内", "The receipt is true: %s, effective %s, values: %d, within entry %d of the log",
		s.Ref, s.Effective.Format("2006-01-02 15:04"), len(s.Lines), v.Checkpoint.Size)
	return nil
}

func (a *app) checkName(c audit.Check) string {
	names := map[audit.Check][2]string{
		audit.CheckForm:       {"是一份认得的回执", "it is a receipt of a known form"},
		audit.CheckSeal:       {"每个字都由日志的密钥签过", "the log's key signed every word"},
		audit.CheckCheckpoint: {"日志头由日志的密钥签过", "the log's key signed the head"},
		audit.CheckInclusion:  {"每条记录都在日志里", "every entry is in the log"},
		audit.CheckOpenings:   {"每个值都与记录中的承诺相符", "every value opens its commitment"},
	}
	both, ok := names[c]
	if !ok {
		return a.pick("公钥可用", "the public key can be used")
	}
	return a.pick(both[0], both[1])
}

// publicKey reads a key from the file of that name, if there is one; else it is the key.
func publicKey(s string) string {
	if text, err := readFile(s, 64<<10); err == nil {
		return strings.TrimSpace(string(text))
	}
	return strings.TrimSpace(s)
}

type receiptKeyCmd struct{}

// Run prints the log's public key, as receipts are verified with.
func (receiptKeyCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		key, err := h.desk.LogKey(a.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, key)
		return err
	})
}
