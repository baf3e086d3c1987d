"""What somebody sends who means harm, and what keeps pages to those whom they concern."""
