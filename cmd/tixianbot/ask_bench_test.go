package main

import (
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// BenchmarkAsk answers one message of a new chat, from masking it to the
// screens that are sent, which must take less than 5 ms.
//
//	go test ./cmd/tixianbot -run '^$' -bench Ask
func BenchmarkAsk(b *testing.B) {
	k, err := knowledge.Load("")
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*3600))
	for b.Loop() {
		hear(k, bot.Case{}, askedOften, at)
	}
	if each := b.Elapsed() / time.Duration(b.N); each > 5*time.Millisecond {
		b.Errorf("%v for one answer, want less than 5 ms", each)
	}
}

// askedOften is a message as long and as full as most are.
const askedOften = "前天晚上九点在闲鱼提680块，弹“风险审核中，请耐心等待”，到现在没下文，客服说周五之前给答复，卡没换过，身份证也没过期"
