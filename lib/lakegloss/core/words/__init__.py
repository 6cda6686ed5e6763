"""What names and wording tell without values, and the rules that write comments from them."""
