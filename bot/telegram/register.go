package telegram

import (
	"context"
	"slices"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// Command is an entry of the menu that Telegram shows beside the input field.
type Command struct {
	Name        string // without the slash, at most 32 of a-z, 0-9 and _
	Description string // 1 to 256 characters
}

// Register sets the commands of the bot, its description (at most 512
// characters, shown before the first message) and its short description (at
// most 120, shown on its profile). It changes only what differs from what is
// there, because Telegram limits how often that may be done. Every error is a
// [*bot.Refusal]; the bot works without.
func (c *Client) Register(ctx context.Context, commands []Command, description, short string) error {
	for _, set := range []func() error{
		func() error { return c.setCommands(ctx, commands) },
		func() error { return c.setDescription(ctx, description) },
		func() error { return c.setShortDescription(ctx, short) },
	} {
		if err := set(); err != nil {
			return refuse(err, false)
		}
	}
	return nil
}

func (c *Client) setCommands(ctx context.Context, commands []Command) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	want := make([]models.BotCommand, len(commands))
	for i, command := range commands {
		want[i] = models.BotCommand{Command: command.Name, Description: command.Description}
	}
	have, err := c.api.GetMyCommands(ctx, &tg.GetMyCommandsParams{})
	if err != nil || slices.Equal(have, want) {
		return err
	}
	_, err = c.api.SetMyCommands(ctx, &tg.SetMyCommandsParams{Commands: want})
	return err
}

func (c *Client) setDescription(ctx context.Context, want string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	have, err := c.api.GetMyDescription(ctx, &tg.GetMyDescriptionParams{})
	if err != nil || have.Description == want {
		return err
	}
	_, err = c.api.SetMyDescription(ctx, &tg.SetMyDescriptionParams{Description: want})
	return err
}

func (c *Client) setShortDescription(ctx context.Context, want string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	have, err := c.api.GetMyShortDescription(ctx, &tg.GetMyShortDescriptionParams{})
	if err != nil || have.ShortDescription == want {
		return err
	}
	_, err = c.api.SetMyShortDescription(ctx, &tg.SetMyShortDescriptionParams{ShortDescription: want})
	return err
}
