/** Hands a text to whoever carries it. Rejects when it should be tried again. */
export interface SmsPort {
	send(message: { to: string; text: string }): Promise<void>;
}

/**
 * The demonstration's carrier: the outbox row itself is the delivery, and `/demo/outbox` is the
 * phone on which it is read.
 */
export const demonstrationSms: SmsPort = { send: async () => {} };

/** Null where nothing carries messages yet: they wait in the outbox. */
export function openSms({ demo }: { demo: boolean }): SmsPort | null {
	return demo ? demonstrationSms : null;
}
