package main

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
)

type doctorCmd struct{}

// lateWork is how long work may wait before doctor asks whether a server runs at all.
const lateWork = 5 * time.Minute

// Run prints what is in force, redacted, and checks everything that must be well.
func (doctorCmd) Run(a *app) error {
	rows := [][]string{}
	for _, l := range a.config.Lines() {
		rows = append(rows, []string{l.Name, l.Value})
	}
	table(a.out, rows...)
	fmt.Fprintln(a.out)
	x := &examination{app: a}
	x.begin()
	table(a.out, x.rows...)
	if x.ill {
		return exit(exitFailed)
	}
	return nil
}

// An examination collects what was found, one row for each check.
type examination struct {
	app  *app
	rows [][]string
	ill  bool
}

func (x *examination) well(name, found string) {
	x.rows = append(x.rows, []string{"✓ " + name, found})
}

// note is neither well nor ill: something that an operator should know.
func (x *examination) note(name, found string) {
	x.rows = append(x.rows, []string{"· " + name, found})
}

func (x *examination) bad(name, found string) {
	x.ill = true
	x.rows = append(x.rows, []string{"✗ " + name, found})
}

// check says well if all is, and what to do if not.
func (x *examination) check(ok bool, name, found, remedy string) {
	if ok {
		x.well(name, found)
		return
	}
	x.bad(name, found+x.app.pick("。", ". ")+remedy)
}

// begin looks at the key and the database before it opens anything; the rest needs both.
func (x *examination) begin() {
	a := x.app
	print, err := desk.KeyOf(a.ctx, string(a.config.Database))
	if err != nil {
		x.bad(a.pick("数据库", "database"), a.inWords(err))
		return
	}
	if print == "" {
		x.note(a.pick("数据库", "database"), a.sentence(fault.New(fault.NotFound, "no_data")))
		return
	}
	master, err := keys.OpenFile(a.config.KeyFile)
	if err == nil {
		err = master.Check(print)
	}
	if err != nil {
		x.bad(a.pick("密钥", "key"), a.inWords(err))
		return
	}
	x.well(a.pick("密钥", "key"), a.pick("属于这里的数据 ", "belongs to the data ")+print)
	if err := a.within(x.inside); err != nil {
		x.bad(a.pick("数据库", "database"), a.inWords(err))
	}
}

// inWords says an error to a person.
func (a *app) inWords(err error) string {
	if f, ok := asFault(err); ok {
		return a.sentence(f)
	}
	return err.Error()
}

// inside examines an open house. That it opened says that its schema is this program's.
func (x *examination) inside(h *house) error {
	a := x.app
	x.well(a.pick("数据库", "database"), a.pick("应答正常，结构是这个版本的", "answers, and its schema is this program's"))
	health, err := h.store.View(a.ctx).Health(h.store.Now())
	if err != nil {
		return err
	}
	x.log(h, health)
	if err := x.witness(h); err != nil {
		return err
	}
	x.channels()
	x.work(h, health)
	if err := x.stuck(h, health); err != nil {
		return err
	}
	return x.causes(h)
}

func (x *examination) log(h *house, health store.Health) {
	a := x.app
	if err := h.desk.CheckKeys(a.ctx); err != nil {
		x.bad(a.pick("日志密钥", "log key"), a.pick("打不开。从备份恢复数据库", "can't be opened. Restore the database from a backup"))
	}
	waits := x.age(h, health.OldestUnsequenced)
	x.check(waits < lateWork, a.pick("日志", "log"),
		fmt.Sprintf(a.pick("%d 条已签名，%d 条在等，最久 %s", "%d entries signed, %d waiting, the oldest for %s"), health.LogSize, health.Unsequenced, waits),
		a.pick("启动服务：amend serve", "Start the server: amend serve"))
}

// age is how long something has waited, whole seconds; zero for nothing.
func (x *examination) age(h *house, since time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return max(0, h.store.Now().Sub(since)).Round(time.Second)
}

// witness says whether the newest head was seen by somebody else.
func (x *examination) witness(h *house) error {
	a := x.app
	name := a.pick("见证", "witness")
	if h.witness == nil {
		x.note(name, a.pick("没有。设置 AMEND_WITNESS_FILE，放在另一块磁盘上，数据库被换成旧的才看得出来", "none. Set AMEND_WITNESS_FILE, on another disk, so that an old copy put back is found out"))
		return nil
	}
	key, err := h.desk.LogKey(a.ctx)
	if err != nil {
		return err
	}
	size, signed, err := h.store.View(a.ctx).Head()
	if err != nil {
		return err
	}
	x.check(size == 0 || cosigned(signed, key, h.witness.Name().Key), name, fmt.Sprintf(a.pick("最新日志头 %d", "newest head %d"), size),
		a.pick("还没有补签：服务在运行吗？看它的日志", "It isn't cosigned yet: is the server running? See its log"))
	return nil
}

func cosigned(signed, logKey, witnessKey string) bool {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return false
	}
	own, err := note.NewVerifier(witnessKey)
	if err != nil {
		return false
	}
	_, by, err := audit.OpenCheckpoint([]byte(signed), log, own)
	return err == nil && len(by) == 1
}

// channels says which ways to customers are missing: without them no code goes out.
func (x *examination) channels() {
	a := x.app
	if a.config.SMS == "" {
		x.note(a.pick("短信", "SMS"), a.pick("没有，验证码和通知发不出去。设置 AMEND_SMS_URL", "none, so no code or notice goes out by it. Set AMEND_SMS_URL"))
	}
	if a.config.SMTP == "" {
		x.note(a.pick("邮件", "mail"), a.pick("没有，验证码和通知发不出去。设置 AMEND_SMTP_URL", "none, so no code or notice goes out by it. Set AMEND_SMTP_URL"))
	}
}

// work says whether anything waits for longer than a running server would let it.
func (x *examination) work(h *house, health store.Health) {
	a := x.app
	for _, q := range []struct {
		name  string
		n     int64
		since time.Time
	}{
		{a.pick("到期的申请", "requests due"), health.DueChanges, health.OldestDue},
		{a.pick("待同步", "deliveries due"), health.DueDeliveries, health.OldestDelivery},
		{a.pick("待通知", "notices due"), health.DueNotices, health.OldestNotice},
	} {
		waits := x.age(h, q.since)
		x.check(waits < lateWork, q.name, fmt.Sprintf(a.pick("%d 项，最久等了 %s", "%d, the oldest for %s"), q.n, waits), a.pick("启动服务：amend serve", "Start the server: amend serve"))
	}
}

// shownStuck bounds how many rows in quarantine are named.
const shownStuck = 10

func (x *examination) stuck(h *house, health store.Health) error {
	a := x.app
	list, err := h.store.View(a.ctx).Quarantined(shownStuck)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, q := range list {
		names[i] = q.ID + " " + q.Why
	}
	x.check(health.Quarantined == 0, a.pick("隔离", "quarantine"), fmt.Sprint(health.Quarantined),
		a.pick("五次没有做成，不再自动重试：", "Failed five times and isn't tried again by itself: ")+strings.Join(names, ", "))
	x.check(health.Untaken == 0, a.pick("未送出的消息", "messages not taken"), fmt.Sprint(health.Untaken),
		a.pick("通道没有接受，仍在重试：检查 AMEND_SMTP_URL、AMEND_SMS_URL 和服务日志", "A channel didn't take them, and they're tried again: check AMEND_SMTP_URL, AMEND_SMS_URL and the server's log"))
	x.check(health.Exceptions == 0, a.pick("同步例外", "exceptions"), fmt.Sprint(health.Exceptions),
		a.pick("需要下游系统的负责人处理：重试或说明跳过", "The systems' owners must act: retry, or skip with a reason"))
	return nil
}

// causes counts the values that nothing accounts for: there must be none.
func (x *examination) causes(h *house) error {
	a := x.app
	n := 0
	err := h.store.View(a.ctx).Causeless(func(customer.ID, customer.Key) error {
		n++
		return nil
	})
	x.check(n == 0, a.pick("没有来由的值", "values without a cause"), fmt.Sprint(n), a.pick("看是哪些：amend rebuild --check", "See which: amend rebuild --check"))
	return err
}
