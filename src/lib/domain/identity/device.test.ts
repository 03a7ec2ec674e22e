import { expect, it } from 'vitest';
import { deviceOf } from './device.ts';

const KHTML = 'AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
	[
		`Mozilla/5.0 (Linux; Android 10; K) ${KHTML} Chrome/140.0.0.0 Mobile Safari/537.36`,
		'Android · Chrome',
	],
	[
		`Mozilla/5.0 (Linux; Android 13; SM-A145F) ${KHTML} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36`,
		'Android · Samsung Internet',
	],
	['Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Android · Firefox'],
	[
		'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
		'iPhone · Safari',
	],
	[
		`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
		'Windows · Edge',
	],
	[
		`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KHTML} Chrome/139 Safari/537.36`,
		'ChromeOS · Chrome',
	],
	['Mozilla/5.0 (Mobile; LYF/F220B; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5', 'KaiOS · Firefox'],
	['curl/8.5.0', ''],
	['', ''],
	[null, ''],
	['<script>alert(1)</script>'.repeat(1000), ''],
])('%.60s is called %s', (userAgent, device) => {
	expect(deviceOf(userAgent)).toBe(device);
});
