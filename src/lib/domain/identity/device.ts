type Mark = readonly [pattern: RegExp, name: string];

/** The first that fits: some systems name the one they descend from as well. */
const SYSTEMS: readonly Mark[] = [
	[/KAIOS/i, 'KaiOS'],
	[/Android/, 'Android'],
	[/iPhone|iPod/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Windows/, 'Windows'],
	[/CrOS/, 'ChromeOS'],
	[/Mac OS X|Macintosh/, 'macOS'],
	[/Linux/, 'Linux'],
];

/** The first that fits: nearly all call themselves Chrome or Safari too. */
const BROWSERS: readonly Mark[] = [
	[/\bEdgA?(iOS)?\//, 'Edge'],
	[/\bOPR\/|\bOpera/, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/UCBrowser\//, 'UC Browser'],
	[/MiuiBrowser\//, 'Mi Browser'],
	[/JioPages|JioSphere/, 'JioSphere'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari'],
];

const named = (userAgent: string, marks: readonly Mark[]) =>
	marks.find(([pattern]) => pattern.test(userAgent))?.[1];

/**
 * What a person calls the device that sends this `User-Agent`: `Android · Chrome`. Empty when it says
 * nothing known. All that is kept of the header: no versions, no models.
 */
export function deviceOf(userAgent: string | null): string {
	const text = (userAgent ?? '').slice(0, 500);
	return [named(text, SYSTEMS), named(text, BROWSERS)].filter(Boolean).join(' · ');
}
