import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, countCharacters, fitsIn } from './text.ts';

describe('cleanText', () => {
	it('keeps Hindi joiners and emoji', () => {
		for (const text of ['क्\u200dष, क्\u200cष', '👩‍👩‍👧‍👦 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽', 'पहली\nदूसरी']) {
			expect(cleanText(text)).toBe(text.normalize('NFC'));
		}
	});

	it('drops control characters and marks that turn the reading direction', () => {
		expect(cleanText('a\u0000b\u0007c\u001bd\u009fe\ufefff')).toBe('abcdef');
		expect(cleanText('\u202egpj.exe\u202c \u2067x\u2069 \u200fy\u061c')).toBe('gpj.exe x y');
	});

	it('brings line breaks and composed letters into one form', () => {
		expect(cleanText(' a\r\nb\rc\u2028d\te ')).toBe('a\nb\nc\nd e');
		expect(cleanText('e\u0301')).toBe('\u00e9');
		expect(cleanText('e\u200e\u0301')).toBe('\u00e9');
	});

	it('replaces half characters, which no database takes', () => {
		expect(cleanText('a\ud800b')).toBe('a\ufffdb');
	});

	it('changes nothing the second time, and leaves nothing unwanted', () => {
		const units = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 3 }),
			fc.constantFrom('\r', '\n', '\u202e', '\u0000', '\u0301', '\ud83d', '\u200d', ' ', 'क'),
		);
		fc.assert(
			fc.property(fc.array(units), (parts) => {
				const once = cleanText(parts.join(''));
				expect(cleanText(once)).toBe(once);
				expect(once.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
			}),
		);
	});
});

describe('cleanLine', () => {
	it('makes one line', () => {
		expect(cleanLine(' सीता \n\t देवी\u00a0 ')).toBe('सीता देवी');
	});
});

describe('length', () => {
	it('counts code points', () => {
		expect(countCharacters('कि🙂')).toBe(3);
		expect(fitsIn('🙂'.repeat(10), 10)).toBe(true);
		expect(fitsIn('🙂'.repeat(11), 10)).toBe(false);
		expect(fitsIn('a'.repeat(11), 10)).toBe(false);
		expect(fitsIn('', 0)).toBe(true);
	});
});
