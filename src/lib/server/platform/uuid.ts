const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come in addresses and forms: what is none must read as "not found", not as a database error. */
export function isUuid(text: string): boolean {
	return UUID.test(text);
}
