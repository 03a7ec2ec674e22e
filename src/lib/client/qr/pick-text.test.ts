import { describe, expect, it } from 'vitest';
import { pickText } from './pick-text.ts';

const read = (text: string, isValid = true) => ({ text, isValid });

describe('pickText', () => {
	it('takes the long number, whatever else is in the picture', () => {
		const secure = '12'.repeat(300);
		expect(pickText([read('https://example.org/'.repeat(99)), read(secure), read('7')])).toBe(
			secure,
		);
	});

	it('takes what there is, so that the server can say what it is not', () => {
		expect(pickText([read('a'), read('hello')])).toBe('hello');
	});

	it('answers nothing for nothing', () => {
		expect(pickText([])).toBeNull();
		expect(pickText([read('', true), read('damaged', false)])).toBeNull();
	});
});
