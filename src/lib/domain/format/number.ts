import type { ReaderLocale } from './date.ts';

/** A whole number with Indian grouping and Latin digits: 1,00,000. */
export function formatNumber(value: number, locale: ReaderLocale): string {
	return new Intl.NumberFormat(locale === 'hi' ? 'hi-IN-u-nu-latn' : 'en-IN', {
		maximumFractionDigits: 0,
	}).format(value);
}

const UNITS = ['KB', 'MB'] as const;

/** A size rounded as people say it: "340 KB", "2.4 MB", as phones write it in both languages. */
export function formatBytes(bytes: number): string {
	const [kilo, mega] = UNITS;
	if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} ${kilo}`;
	return `${(bytes / 1_000_000).toFixed(1)} ${mega}`;
}
