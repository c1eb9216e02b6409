package quality

import (
	"strings"
	"unicode/utf8"

	"amend/fault"
)

// maxHandle bounds the id behind the service, in runes.
const maxHandle = 64

// messenger is a service and an id there: "wechat:zhang_san". Services write their ids
// differently; the id keeps its case, because some (WeChat's open ids) depend on it.
func messenger(s string) (string, *fault.Error) {
	service, id, found := strings.Cut(narrow(s), ":")
	if !found {
		return "", invalid("messenger_form")
	}
	service, id = messengerService(strings.ToLower(strings.TrimSpace(service))), strings.TrimSpace(id)
	if service == "" {
		return "", invalid("messenger_service", "services", "wechat, wecom, qq, weibo, dingtalk, feishu, alipay, whatsapp, telegram, line, kakaotalk, signal")
	}
	if id == "" || utf8.RuneCountInString(id) > maxHandle {
		return "", invalid("messenger_id", "service", service)
	}
	id, err := handle(service, id)
	if err != nil {
		return "", err
	}
	return service + ":" + id, nil
}

// messengerService is the service's one name, "" for one that is not known.
func messengerService(s string) string {
	switch s {
	case "wechat", "wecom", "qq", "weibo", "dingtalk", "feishu", "alipay",
		"whatsapp", "telegram", "line", "kakaotalk", "signal":
		return s
	case "微信", "weixin", "wx":
		return "wechat"
	case "企业微信":
		return "wecom"
	case "微博":
		return "weibo"
	case "钉钉":
		return "dingtalk"
	case "飞书", "lark":
		return "feishu"
	case "支付宝":
		return "alipay"
	}
	return ""
}

// handle checks an id by the rules of those services that publish some.
func handle(service, id string) (string, *fault.Error) {
	fits := !strings.Contains(id, " ")
	switch service {
	case "whatsapp", "signal":
		return phone(id)
	case "qq":
		fits = digits(id) && len(id) >= 5 && len(id) <= 12 && id[0] != '0'
	case "wechat":
		fits = word(id) && len(id) >= 6 && len(id) <= 32
	case "telegram":
		id = strings.TrimPrefix(id, "@")
		fits = word(id) && len(id) >= 5 && len(id) <= 32
	}
	if !fits {
		return "", invalid("messenger_id", "service", service)
	}
	return id, nil
}

// word reports whether s is made of ASCII letters, digits, _ and -.
func word(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' && c != '-' {
			return false
		}
	}
	return s != ""
}
