package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tixianbot/bot"
)

// access returns who is let in, nobody being everybody, and who is not.
func (c config) access() (allow, block []bot.ChatID, err error) {
	allow, err1 := readIDs("TIXIANBOT_ALLOW", c.Allow)
	block, err2 := readIDs("TIXIANBOT_BLOCK", c.Block)
	return allow, block, errors.Join(err1, err2)
}

// readIDs reads the ids of users or chats. A list without one is refused: it
// would let everybody in where somebody wanted to let in a few.
func readIDs(name, list string) (ids []bot.ChatID, err error) {
	if list == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(word), 10, 64)
		if err != nil || id == 0 {
			return nil, usageError{fmt.Errorf("%s has %.40q, want Telegram ids such as 123456789, separated by commas", name, word)}
		}
		ids = append(ids, bot.ChatID(id))
	}
	return ids, nil
}
