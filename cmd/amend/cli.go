package main

import (
	"errors"
	"strings"

	"github.com/alecthomas/kong"

	"amend/internal/config"
	"amend/internal/lang"
)

// cli is the grammar: one field for each command, one group of flags for the configuration.
type cli struct {
	config.Config `embed:"" group:"config"`

	Demo     demoCmd     `cmd:"" help:"${demo}"`
	Serve    serveCmd    `cmd:"" help:"${serve}"`
	User     userCmd     `cmd:"" help:"${user}"`
	Token    tokenCmd    `cmd:"" help:"${token}"`
	Import   importCmd   `cmd:"" help:"${import}"`
	Key      keyCmd      `cmd:"" help:"${key}"`
	Policy   policyCmd   `cmd:"" help:"${policy}"`
	Catalog  catalogCmd  `cmd:"" help:"${catalog}"`
	Receipt  receiptCmd  `cmd:"" help:"${receipt}"`
	Log      logCmd      `cmd:"" help:"${log}"`
	Rebuild  rebuildCmd  `cmd:"" help:"${rebuild}"`
	Generate generateCmd `cmd:"" help:"${generate}"`
	Simulate simulateCmd `cmd:"" help:"${simulate}"`
	Bench    benchCmd    `cmd:"" help:"${bench}"`
	Backup   backupCmd   `cmd:"" help:"${backup}"`
	Restore  restoreCmd  `cmd:"" help:"${restore}"`
	Doctor   doctorCmd   `cmd:"" help:"${doctor}"`
	Support  supportCmd  `cmd:"" help:"${support}"`
	Version  versionCmd  `cmd:"" help:"${version}"`
}

// run does what the arguments say and answers the exit code.
func (a *app) run(args []string) int {
	a.lang = asked(args, a.getenv)
	if len(args) == 0 {
		a.welcome()
		return exitOK
	}
	var c cli
	parser, err := kong.New(&c, kong.Name("amend"), kong.Description(a.word("amend")), kong.Vars(a.words()),
		kong.Help(a.help), kong.Writers(a.out, a.err), kong.Bind(a))
	if err != nil {
		return a.report(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return a.misused(err)
	}
	a.config = &c.Config
	if err := a.config.Finish(a.getenv); err != nil {
		return a.report(err)
	}
	return a.report(parsed.Run())
}

// asked finds the language before anything is parsed, because help and complaints need it.
func asked(args []string, getenv func(string) string) lang.Lang {
	tags := []string{getenv("AMEND_LANG"), getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")}
	for i, arg := range args {
		if tag, ok := strings.CutPrefix(arg, "--lang="); ok {
			tags = append([]string{tag}, tags...)
		} else if arg == "--lang" && i+1 < len(args) {
			tags = append([]string{args[i+1]}, tags...)
		}
	}
	for _, tag := range tags {
		if tag == "" {
			continue
		}
		if l, ok := lang.Parse(strings.SplitN(tag, ".", 2)[0]); ok {
			return l
		}
		break
	}
	return lang.EN
}

// misused says what is wrong with the arguments, and where help is.
func (a *app) misused(err error) int {
	at := "amend"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		at = wrong.Context.Selected().FullPath()
	}
	a.advise("用法不对：%s\n查看用法：%s --help", "That isn't how it's used: %s\nSee how: %s --help", err, at)
	return exitUsage
}
