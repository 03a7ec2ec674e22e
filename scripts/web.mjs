/** The web server's process: the built app with this product's limits. */

// A 30 MB photo with its form must fit; the upload rules then judge it in the reader's language.
process.env.BODY_SIZE_LIMIT ??= '34M';
process.env.SHUTDOWN_TIMEOUT ??= '10'; // seconds for answers under way after SIGTERM

// The server is closed then, but pools and timers may keep the process alive.
process.once('sveltekit:shutdown', () => setTimeout(() => process.exit(0), 2_000).unref());

await import(new URL('../build/index.js', import.meta.url).href);
