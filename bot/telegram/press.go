package telegram

import (
	"errors"
	"fmt"
	"strings"

	"tixianbot/bot"
)

// Buttons stay in chats for years, so the form of their callback data is
// frozen. Version 1 is, in printable ASCII,
//
//	byte 0    'a' + length of the act (1 to 12): the letters b to m
//	byte 1    'A' + 6·(digits of the case) + (digits of the revision)
//	          then the digits of the case, the digits of the revision,
//	          the act and, to the end, the argument
//
// The digits are base 85, most significant first; zero has none. With the
// largest values that is 2+5+5+12+40 = 64 bytes, Telegram's limit. A version 2
// takes other letters for byte 0.
const (
	maxData   = 64
	maxAct    = 12
	maxArg    = 40
	maxDigits = 5
	maxNumber = 1 << 31 // of a case or a revision

	actBase   = 'a'
	digitBase = 'A'
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
)

var errGarbled = errors.New("telegram: callback data that this bot has not made")

// encodePress returns the callback data of p. It is an error if p holds what
// no press may: see the limits at [bot.Press].
func encodePress(p bot.Press) (string, error) {
	act := string(p.Act)
	switch {
	case len(act) == 0 || len(act) > maxAct || !printable(act):
		return "", fmt.Errorf("telegram: encode a press: the act has %d bytes or is not ASCII", len(act))
	case len(p.Arg) > maxArg || !printable(p.Arg):
		return "", fmt.Errorf("telegram: encode a press: the argument of %s has %d bytes or is not ASCII", act, len(p.Arg))
	case p.Case < 0 || int64(p.Case) > maxNumber || p.Rev < 0 || int64(p.Rev) > maxNumber:
		return "", fmt.Errorf("telegram: encode a press: case %d or revision %d is out of range", p.Case, p.Rev)
	}
	number, rev := encodeNumber(int64(p.Case)), encodeNumber(int64(p.Rev))
	head := string([]byte{
		actBase + byte(len(act)),
		digitBase + byte((maxDigits+1)*len(number)+len(rev)),
	})
	return head + number + rev + act + p.Arg, nil
}

// decodePress reads what encodePress wrote, and nothing else.
func decodePress(data string) (bot.Press, error) {
	if len(data) < 2 || len(data) > maxData || !printable(data) {
		return bot.Press{}, errGarbled
	}
	actLen, digits := int(data[0])-actBase, int(data[1])-digitBase
	if actLen < 1 || actLen > maxAct || digits < 0 || digits >= (maxDigits+1)*(maxDigits+1) {
		return bot.Press{}, errGarbled
	}
	caseLen, revLen := digits/(maxDigits+1), digits%(maxDigits+1)
	rest := data[2:]
	if len(rest) < caseLen+revLen+actLen || len(rest) > caseLen+revLen+actLen+maxArg {
		return bot.Press{}, errGarbled
	}
	number, ok1 := decodeNumber(rest[:caseLen])
	rev, ok2 := decodeNumber(rest[caseLen : caseLen+revLen])
	if !ok1 || !ok2 {
		return bot.Press{}, errGarbled
	}
	rest = rest[caseLen+revLen:]
	return bot.Press{Case: number, Rev: rev, Act: bot.Act(rest[:actLen]), Arg: rest[actLen:]}, nil
}

func encodeNumber(n int64) string {
	var digits []byte
	for ; n > 0; n /= int64(len(alphabet)) {
		digits = append([]byte{alphabet[n%int64(len(alphabet))]}, digits...)
	}
	return string(digits)
}

// decodeNumber refuses a leading zero, so that each number has one form only.
func decodeNumber(digits string) (int, bool) {
	var n int64
	for i := range len(digits) {
		d := strings.IndexByte(alphabet, digits[i])
		if d < 0 || d == 0 && i == 0 {
			return 0, false
		}
		n = n*int64(len(alphabet)) + int64(d)
	}
	return int(n), n <= maxNumber
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
